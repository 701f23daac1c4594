// Bundles css/ui.css, ts/ui.ts and each ts/pages/*.ts (what one page alone needs), compiles the sprite of used icons, writes manifest.json (name -> hashed name).
// Copies the type of printed papers into FONTS, outside of what is served.
// node build.mjs OUT ICON,ICON,… FONTS
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const [out, names = "", fonts] = process.argv.slice(2);
if (!out) throw new Error("usage: node build.mjs OUT ICON,ICON FONTS");

function emit(file, text) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const { name, ext } = path.parse(file);
  const hashed = `${name}.${hash}${ext}`;
  writeFileSync(path.join(out, hashed), text);
  return hashed;
}

const inner = (svg) => svg.replace(/<\?xml[^>]*>|<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "").trim();
const viewBox = (svg) => /viewBox="([^"]+)"/.exec(svg)?.[1] ?? "0 0 24 24";
const symbol = (id, svg) => `<symbol id="${id}" viewBox="${viewBox(svg)}">${inner(svg)}</symbol>`;

function sprite() {
  const own = readdirSync(path.join(here, "icons")).map((file) => [path.parse(file).name, path.join(here, "icons", file)]);
  const tabler = names.split(",").filter(Boolean).map((name) => {
    return [name, path.join(here, "node_modules/@tabler/icons/icons/outline", `${name}.svg`)];
  });
  const symbols = [...own, ...tabler].map(([id, file]) => symbol(id, readFileSync(file, "utf8")));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`;
}

const folder = path.join(here, "ts/pages");
const pages = existsSync(folder) ? readdirSync(folder).map((file) => `ts/pages/${file}`) : [];
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const result = await esbuild.build({
  absWorkingDir: here,
  entryPoints: ["css/ui.css", "ts/ui.ts", ...pages].map((file) => ({ in: file, out: path.parse(file).name })),
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome111", "firefox115", "safari16.4"],
  legalComments: "linked",
  write: false,
});
const manifest = {};
for (const file of result.outputFiles) {
  const name = path.basename(file.path);
  manifest[name] = emit(name, file.text);
}
manifest["icons.svg"] = emit("icons.svg", sprite());
manifest["mark.svg"] = emit("mark.svg", readFileSync(path.join(here, "icons/mark.svg"), "utf8"));
writeFileSync(path.join(out, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);

function copyFonts(folder) {
  const from = path.join(here, "node_modules/@expo-google-fonts/noto-sans-sc");
  const wanted = ["400Regular/NotoSansSC_400Regular.ttf", "700Bold/NotoSansSC_700Bold.ttf", "LICENSE_FONT"];
  mkdirSync(folder, { recursive: true });
  for (const file of wanted) {
    const [source, target] = [path.join(from, file), path.join(folder, path.basename(file))];
    if (!existsSync(target) || statSync(target).size !== statSync(source).size) copyFileSync(source, target);
  }
}
if (fonts) copyFonts(fonts);
