# For each group named in `wanted`: one line of JSON with permutations that generate it, its classes,
# character table and Frobenius-Schur indicators, and the multiplication table of small ones.
# Points and elements are counted from 0. A cyclotomic number is [n, coefficients of E(n)^0, E(n)^1, ...].
SetPrintFormattingStatus("*stdout*", false);

images := function(permutation, points)
    return ListPerm(permutation, points) - 1;
end;

cyclotomic := function(number)
    return [Conductor(number), CoeffsCyc(number, Conductor(number))];
end;

describe := function(name, group)
    local permutations, points, characters, table, elements;
    permutations := Image(IsomorphismPermGroup(group));
    points := Maximum(1, LargestMovedPoint(permutations));
    characters := CharacterTable(permutations);
    table := [];
    elements := AsSSortedList(permutations);
    if Size(group) < 32 then
        table := MultiplicationTable(elements) - 1;
    fi;
    Print("{\"name\": \"", name, "\", \"order\": ", Size(group),
        ", \"generators\": ", List(Concatenation([One(permutations)],
            GeneratorsOfGroup(permutations)), g -> images(g, points)),
        ", \"representatives\": ", List(ConjugacyClasses(characters),
            class -> images(Representative(class), points)),
        ", \"sizes\": ", SizesConjugacyClasses(characters),
        ", \"characters\": ", List(Irr(characters), row -> List(row, cyclotomic)),
        ", \"indicators\": ", Indicator(characters, 2),
        ", \"table\": ", table, "}\n");
end;

for name in wanted do
    describe(name, EvalString(name));
od;
QUIT;
