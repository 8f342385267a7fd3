// What a first visit to a page fetches, compressed as a static host does.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

export const MOST = 1e6;
// Compressed in themselves.
const DENSE = /\.(woff2?|png|jpe?g|gif)$/;
const sizes = new Map();

/** The bytes that a host sends for a file of the site. */
async function sent(root, path) {
  if (!sizes.has(path)) {
    const content = await readFile(join(root, path));
    sizes.set(path, DENSE.test(path) ? content.length : gzipSync(content).length);
  }
  return sizes.get(path);
}

/** What is too heavy about a page that fetched `paths`, each counted once. */
export async function tooHeavy(root, paths) {
  const parts = await Promise.all([...new Set(paths)].map(async (path) => [await sent(root, path), path]));
  const total = parts.reduce((sum, [size]) => sum + size, 0);
  if (total <= MOST) return { total, complaints: [] };
  const largest = parts.sort((a, b) => b[0] - a[0]).slice(0, 3);
  const words = largest.map(([size, path]) => `${path} ${Math.round(size / 1e3)} KB`).join(", ");
  return { total, complaints: [`${Math.round(total / 1e3)} KB compressed, more than ${MOST / 1e3}: ${words}`] };
}
