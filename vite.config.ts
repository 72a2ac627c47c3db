import { defineConfig, type Plugin } from 'vite';
import { iconNames, iconSvg } from './src/console/look/icon.ts';

/** Writes the favicons, one a count, as files: a strict content security policy needs no `data:` for them. */
function favicons(): Plugin {
  return {
    name: 'chiffon-favicons',
    generateBundle() {
      for (const name of iconNames)
        this.emitFile({ type: 'asset', fileName: `icons/${name}.svg`, source: iconSvg(name) });
    },
  };
}

/** Builds the web console into dist/console. The server hands the files out; nothing of Vite runs with it. */
export default defineConfig({
  root: 'src/console',
  base: '/',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [favicons()],
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    target: ['chrome123', 'firefox121', 'safari17.5'],
    modulePreload: false,
    assetsInlineLimit: 0,
  },
});
