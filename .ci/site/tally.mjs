// What a check expects, counted.

/** `expect(what, holds)` counts and says what does not hold; `end(of)` says how many, and gives the exit status. */
export function tally(name) {
  const count = { passed: 0, failed: 0 };
  return {
    expect(what, holds) {
      count[holds ? "passed" : "failed"] += 1;
      if (!holds) console.log(`${name}: ${what}`);
    },
    end(of = "") {
      console.log(`${name}: ${of}${count.passed} passed, ${count.failed} failed`);
      return count.failed ? 1 : 0;
    },
  };
}
