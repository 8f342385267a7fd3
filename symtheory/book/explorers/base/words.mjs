/* Numbers as a reader writes them. */

const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** A power of ten as a reader writes it: 10⁻⁵. */
export function powerOfTen(exponent) {
  return `10${String(exponent).replace(/./g, (digit) => SUPERSCRIPTS[digit])}`;
}

/** Three significant digits: 0.274, −1.50, 1230, 4.28×10⁻⁶. */
export function formatNumber(value) {
  const [mantissa, exponent] = value.toExponential(2).split("e").map(Number);
  const large = exponent < -3 || exponent > 3;
  const digits = large ? `${mantissa.toFixed(2)}×${powerOfTen(exponent)}` : value.toFixed(Math.max(0, 2 - exponent));
  return digits.replace("-", "−");
}

/** A mean and half of its interval: 0.274 ± 0.041. */
export function formatMean(mean, half) {
  return `${formatNumber(mean)} ± ${half.toPrecision(2)}`;
}

/** How many times larger: 2.4, 37, 5300, 2.1×10⁵. */
export function formatRatio(value) {
  if (value >= 9999.5) return formatNumber(value);
  return value < 9.95 ? value.toFixed(1) : String(Number(value.toPrecision(2)));
}
