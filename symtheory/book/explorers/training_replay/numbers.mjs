/*
 * The replay of training: what networks said of a missing image while they were trained, which is a record, and what
 * the gradient flow of infinitely wide ones predicts. Here it is only summed up.
 */

import { formatMean, formatNumber } from "../base/words.mjs";

export const STEPS = 100; // of outputs, in one

/** A list of numbers from the first and the changes. */
export function grown(changes) {
  let sum = 0;
  return changes.map((change) => (sum += change));
}

/** At each epoch the mean error, half of its 95 % interval, and how many are right, of outputs in whole steps. */
export function meanErrors(outputs, quantile) {
  const n = outputs.length;
  return outputs[0].map((_, time) => {
    let [sum, squares, right] = [0, 0, 0];
    for (const path of outputs) {
      sum += path[time];
      squares += path[time] ** 2;
      right += path[time] > 0;
    }
    const half = (quantile * Math.sqrt((n * squares - sum * sum) / (n - 1))) / (n * STEPS);
    return { error: 1 - sum / (n * STEPS), half, right };
  });
}

/** All that is shown at one norm, pair, width and epoch. */
export function replayAt({ epochs, outputs, seen, flow, deviation, exact, quantile, norm, pair, width, time }) {
  const paths = outputs[norm][pair][width].map(grown);
  const errors = meanErrors(paths, quantile);
  const images = grown(seen[norm][pair][width]).map((value) => 1 - value / STEPS);
  const theory = flow[norm][pair].map((value) => 1 - value);
  const spread = deviation[norm][pair];
  return {
    paths,
    errors,
    images,
    theory,
    now: {
      epoch: epochs[time],
      ...errors[time],
      seen: images[time],
      theory: theory[time],
      deviation: spread[time],
      exact: 1 - exact[norm][pair],
    },
  };
}

/** What the networks say at the missing image, in one sentence. */
export function replayVerdict({ names: [missing], paths, now: { epoch, error, half, right, theory } }) {
  const errors = `their mean error is ${formatMean(error, half)}, where theory says ${formatNumber(theory)}.`;
  return `at epoch ${epoch}, ${right} of ${paths.length} networks know the missing ${missing}; ${errors}`;
}
