// The explorers in a live JupyterLab: every chapter that has one is opened as Binder and `make lab` open it and run as far as
// its last explorer; then a control of each is moved, and its picture must follow.
//   node check_jupyterlab.mjs REPOSITORY BIN [CHAPTER...]    BIN: the folder of jupyter and jupytext-config
// It works on a copy: JupyterLab saves what it has open.
import { execFileSync, spawn } from "node:child_process";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { launch } from "./browser.mjs";

const PATIENCE = 600_000; // milliseconds for a chapter
const START = 120_000;
const FOLDERS = ["book", "notebooks", "results", "symtheory"];
const FILES = ["jupytext.toml", "pyproject.toml"];
const MAKES = /\b([A-Z]\w*Explorer)(?:\.of_\w+)?\(/;

const [repository, bin, ...asked] = process.argv.slice(2);
if (!bin) {
  console.error("Expected the repository and the folder of jupyter. Try: node check_jupyterlab.mjs ../.. ../../.venv/bin");
  process.exit(2);
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** A copy of what chapters need, and JupyterLab on it. */
async function startLab() {
  const folder = await mkdtemp(join(tmpdir(), "lab-"));
  const root = join(folder, "repository");
  const own = (path) => !path.includes("node_modules");
  for (const name of FOLDERS) await cp(join(repository, name), join(root, name), { recursive: true, filter: own });
  for (const name of FILES) await cp(join(repository, name), join(root, name));
  const config = join(folder, "config");
  const overrides = join(config, "labconfig", "default_setting_overrides.json");
  execFileSync("mkdir", ["-p", join(config, "labconfig")]);
  execFileSync(join(resolve(bin), "jupytext-config"), ["--settings-file", overrides, "set-default-viewer", "markdown", "myst"]);
  const port = await freePort();
  const options = ["lab", "--no-browser", "--allow-root", `--ServerApp.root_dir=${root}`, `--ServerApp.port=${port}`];
  const open = ["--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"];
  const env = {
    ...process.env,
    JUPYTER_CONFIG_PATH: config,
    JUPYTERLAB_WORKSPACES_DIR: join(folder, "workspaces"),
    JUPYTERLAB_SETTINGS_DIR: join(folder, "settings"),
    PYTHONPATH: root,
  };
  const server = spawn(join(resolve(bin), "jupyter"), [...options, ...open], { env, stdio: "ignore" });
  const address = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + START; ; await new Promise((done) => setTimeout(done, 500))) {
    const answer = await fetch(`${address}/api/status`).catch(() => null);
    if (answer?.ok) break;
    if (Date.now() > end) throw new Error(`Expected JupyterLab at ${address} within ${START / 1000} s.`);
  }
  const close = async () => {
    const gone = new Promise((done) => server.once("exit", done));
    server.kill("SIGTERM");
    await gone;
    await rm(folder, { recursive: true, force: true });
  };
  return { address, close };
}

/** Run the notebook at `path` as far as the last cell that makes an explorer; the places of the cells that show one. */
async function runUntilExplorers(page, path) {
  return page.evaluate(
    async ([wanted, makes]) => {
      const app = window.jupyterapp;
      // JupyterLab first shows what was open before.
      while (app.shell.currentWidget?.context?.path !== wanted) await new Promise((done) => setTimeout(done, 200));
      const { context, sessionContext, content } = app.shell.currentWidget;
      await Promise.all([context.ready, sessionContext.ready]);
      const source = (cell) => (cell.model.type === "code" ? cell.model.sharedModel.getSource() : "");
      const last = content.widgets.findLastIndex((cell) => new RegExp(makes).test(source(cell)));
      content.activeCellIndex = last;
      await app.commands.execute("notebook:run-all-above");
      content.activeCellIndex = last;
      await app.commands.execute("notebook:run-cell");
      const outputs = ({ model }) => (model.type === "code" ? model.outputs.toJSON() : []);
      const places = content.widgets.flatMap((cell, place) =>
        outputs(cell).some(({ data }) => data?.["application/vnd.jupyter.widget-view+json"]) ? [place] : [],
      );
      const failed = content.widgets.findIndex((cell) => outputs(cell).some((output) => output.output_type === "error"));
      return { places, failed };
    },
    [path, MAKES.source],
  );
}

let failures = 0;
function check(passed, words) {
  if (passed) return;
  failures += 1;
  console.error(`FAILED ${words}`);
}

/** Move the first slider of an explorer by a key, and see its picture follow. */
async function moveOne(page, explorer, label) {
  const shown = () =>
    explorer.evaluate((element) => [element.dataset.settings, [...element.querySelectorAll("svg")].map((svg) => svg.innerHTML).join()]);
  const pause = explorer.getByRole("button", { name: /^Pause/ });
  if (await pause.count()) await pause.first().click();
  const slider = explorer.locator("input[type=range]").first();
  const before = await shown();
  await slider.focus();
  const { value, max } = await slider.evaluate((input) => ({ value: Number(input.value), max: Number(input.max) }));
  await page.keyboard.press(value < max ? "ArrowRight" : "ArrowLeft");
  await page.waitForFunction(([element, settings]) => element.dataset.settings !== settings, [await explorer.elementHandle(), before[0]], { timeout: 10_000 }).catch(() => {});
  const after = await shown();
  check(after[0] !== before[0], `${label}: the slider moves nothing`);
  check(after[1] !== before[1], `${label}: the picture does not follow`);
}

async function chapters() {
  if (asked.length) return asked;
  const found = execFileSync("grep", ["-rl", "--include=*.md", "^from symtheory.book.explorers import", "book", "notebooks"], { cwd: repository, encoding: "utf8" });
  return found.trim().split("\n").sort();
}

const kinds = new Set();
const lab = await startLab();
const browser = await launch();
try {
  for (const chapter of await chapters()) {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" })).newPage();
    page.setDefaultTimeout(PATIENCE);
    await page.goto(`${lab.address}/lab/tree/${chapter}`);
    await page.waitForFunction(() => window.jupyterapp, null, { timeout: START });
    const { places, failed } = await runUntilExplorers(page, chapter);
    check(failed < 0, `${chapter}: cell ${failed} ends in an error`);
    check(places.length > 0, `${chapter}: no cell shows an explorer`);
    for (const place of places) {
      // What is out of sight is not in the page: JupyterLab draws the cells that are seen.
      await page.evaluate((at) => {
        const { content } = window.jupyterapp.shell.currentWidget;
        content.widgets[at].node.dataset.place = at;
        return content.scrollToItem(at, "center");
      }, place);
      const explorer = page.locator(`[data-place="${place}"] [data-explorer]`).first();
      const there = await explorer.waitFor({ timeout: 60_000 }).then(() => true, () => false);
      check(there, `${chapter}: no explorer at cell ${place}`);
      if (!there) continue;
      const name = await explorer.getAttribute("data-explorer");
      kinds.add(name);
      await moveOne(page, explorer, `${chapter}: ${name}`);
      console.log(`jupyterlab: ${chapter}, ${name}`);
    }
    // Its kernel would stay.
    await page.evaluate(() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown());
    await page.context().close();
  }
} finally {
  await browser.close();
  await lab.close();
}
const every = (await readdir(join(repository, "symtheory/book/explorers"), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory() && !/^(base|__)/.test(entry.name))
  .map(({ name }) => name);
if (!asked.length) for (const name of every) check(kinds.has(name), `${name} is in no chapter`);
console.log(`jupyterlab: ${kinds.size} explorers${failures ? `, ${failures} failures` : ""}`);
process.exit(failures || !kinds.size ? 1 : 0);
