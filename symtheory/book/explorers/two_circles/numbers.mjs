/*
 * The two-circles explorer: why a kernel machine does, or does not, see a symmetry.
 *
 * Two circles of N points each, one class per circle, the second shifted by half a step; the kernel is
 * exp(-L²d²). The points in turn, A0, B0, A1, B1, …, make the kernel matrix circulant, and the error at a
 * point that was left out is ε = λ_N⁻¹ / ⟨λ⁻¹⟩ (Perin and Deny, arXiv 2412.11521).
 */

/** Least and greatest value and step of each slider, by the name of its trait. */
export const RANGES = {
  n: { min: 4, max: 48, step: 1 },
  separation: { min: 0, max: 3, step: 0.05 },
  inverse_length: { min: 0.3, max: 3, step: 0.05 },
};

/** The 2N points [x, y, z] in turn, A0, B0, A1, …: circle A in the plane z = 0, circle B in z = separation. */
export function points(n, separation) {
  return Array.from({ length: 2 * n }, (_, j) => {
    const angle = (Math.PI * j) / n;
    return [Math.cos(angle), Math.sin(angle), j % 2 ? separation : 0];
  });
}

/** exp(-L²d²) between A0 and the point at `angle` on its own circle (other = false) or on the other one. */
export function kernelAt(angle, other, separation, inverseLength) {
  const half = Math.sin(angle / 2);
  return Math.exp(-(inverseLength ** 2) * (4 * half * half + (other ? separation * separation : 0)));
}

/** One row of the circulant kernel matrix: the kernel between A0 and each of the 2N points in turn. */
export function kernelRow(n, separation, inverseLength) {
  return Array.from({ length: 2 * n }, (_, j) =>
    kernelAt((Math.PI * j) / n, j % 2 === 1, separation, inverseLength),
  );
}

/** e^(-x) I_m(x) for m = 0, …, count - 1: modified Bessel functions by their power series, all terms positive. */
export function scaledBessel(x, count) {
  const values = [];
  let leading = Math.exp(-x);
  for (let m = 0; m < count; m += 1) {
    let sum = 1;
    for (let s = 1, term = 1; term > sum * 1e-18; s += 1) {
      term *= (x * x) / (4 * s * (s + m));
      sum += term;
    }
    values.push(leading * sum);
    leading *= x / (2 * (m + 1));
  }
  return values;
}

/**
 * The harmonics of the Gaussian on one circle, e^(-x) I_m(x) with x = 2L², summed over all m that 2N samples take for
 * the same frequency: W_0, …, W_{2N-1}.
 */
export function foldedHarmonics(n, inverseLength) {
  const size = 2 * n;
  const harmonics = new Array(size).fill(0);
  const bessel = scaledBessel(2 * inverseLength ** 2, 4 * n + 80);
  for (let m = bessel.length - 1; m >= 0; m -= 1) {
    harmonics[m % size] += bessel[m];
    if (m > 0) harmonics[(size - (m % size)) % size] += bessel[m];
  }
  return harmonics;
}

/**
 * The 2N eigenvalues λ_0, …, λ_{2N-1} of the kernel matrix, ridge included: the Fourier transform of `kernelRow`.
 *
 * Summing cosines would leave the small eigenvalues to cancellation: 9 digits where the ridge is 1e-5. The
 * Gaussian on a circle is instead expanded in its own harmonics, exp(-x(1 - cos θ)) = Σ_m e^(-x) I_m(x) cos(mθ)
 * with x = 2L²; sampled at 2N points, harmonic m falls on frequency m modulo 2N; and the damping of every other
 * point, by exp(-L²Δ²), moves a share of each harmonic by N. All terms are positive, so no digit is lost.
 */
export function eigenvalues(n, separation, inverseLength, ridge, harmonics = foldedHarmonics(n, inverseLength)) {
  const loss = -Math.expm1(-((inverseLength * separation) ** 2));
  return harmonics.map(
    (own, k) => 2 * n * ((1 - loss / 2) * own + (loss / 2) * harmonics[(k + n) % (2 * n)]) + ridge,
  );
}

/** λ_N⁻¹: small where the signal λ_N is strong, that is where the circles are far apart for the kernel. */
export function labelsInverse(lambda) {
  return 1 / lambda[lambda.length / 2];
}

/** ⟨λ⁻¹⟩, the mean over all frequencies: small where the points are dense for the kernel. */
export function meanInverse(lambda) {
  return lambda.reduce((sum, value) => sum + 1 / value, 0) / lambda.length;
}

/** ε = λ_N⁻¹ / ⟨λ⁻¹⟩, the error 1 - yŷ at the missing point. Above 1 the prediction has the wrong sign. */
export function spectralError(lambda) {
  return labelsInverse(lambda) / meanInverse(lambda);
}

/** What the numbers mean, in one sentence. */
export function verdict(error) {
  return error < 1
    ? "the error is below 1, so the missing point is put on its own circle, A."
    : "the error is above 1, so the missing point is put on the other circle, B.";
}
