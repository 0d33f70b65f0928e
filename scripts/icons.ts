/**
 * Draws every picture of the desktop app. Run by hand after a change of the mark (`node scripts/icons.ts`); what comes
 * out is committed. Chromium draws the SVG, and `icon-files.ts` packs the pixels.
 *
 * The mark is a T whose foot is a dot. In the tray the dot tells the state, by its shape and not by colour alone: a
 * disc when all is well, an open ring at work, an exclamation mark when somebody is needed, an arrow for an update.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { chromiumOptions } from '../test/support/chromium.ts';
import { type Drawing, packIcns, packIco } from './icon-files.ts';

const RESOURCES = resolve(import.meta.dirname, '../resources');

/** On a grid of 16: every straight edge lies on a pixel of the smallest size. */
const LETTER = '<path d="M1 2h12v2H8v10H6V4H1z"/>';
const STATES = {
  ok: '<circle cx="12.5" cy="11.5" r="2.5"/>',
  busy: '<path d="M13.9 8.9a2.6 2.6 0 1 0 1.1 2.1" fill="none" stroke="INK" stroke-width="1.5" stroke-linecap="round"/>',
  'needs-you': '<path d="M11 6h3v5h-3zM11 12h3v2h-3z"/>',
  update: '<path d="M12.5 6 16 10h-2v4h-3v-4H9z"/>',
};
type State = keyof typeof STATES;
const stateNames: State[] = ['ok', 'busy', 'needs-you', 'update'];

/** Ink for light and for dark panels, and an accent where the state should catch the eye. */
const PALETTES: Record<'on-light' | 'on-dark', { ink: string; accents: Partial<Record<State, string>> }> = {
  'on-light': { ink: '#1c2027', accents: { 'needs-you': '#b34a00', update: '#2d55ae' } },
  'on-dark': { ink: '#f6f7f9', accents: { 'needs-you': '#ffae57', update: '#9dbcf7' } },
};

/** Sizes that Windows asks of a tray icon, from 100 % to 300 % scaling, in px. */
const TRAY_ICO_SIZES = [16, 20, 24, 32, 40, 48];

function trayPicture(state: State, ink: string, accent = ink): string {
  const shape = STATES[state].replace('INK', accent);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><g fill="${ink}">${LETTER}</g><g fill="${accent}">${shape}</g></svg>\n`;
}

/** The mark on a grid of 32, and the same with square ends that lie on whole pixels down to 16. */
const MARK = `<path d="M8.5 9.5h15M16 9.5v13" fill="none" stroke="#fff" stroke-width="3.2" stroke-linecap="round"/>
    <circle cx="22.5" cy="20.9" r="3.2" fill="#fff"/>`;
const SMALL_MARK = `<path d="M7 8h18v4h-7v12h-4V12H7z" fill="#fff"/>
    <circle cx="23" cy="21" r="3" fill="#fff"/>`;
const SMALL_UP_TO = 32;

/**
 * The app's icon: the mark on a tile.
 * @param margin on each side, in px of 1024: macOS wants its tiles inset, the others fill the square
 */
function appPicture(margin: number, mark = MARK): string {
  const scale = (1024 - 2 * margin) / 32;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1024 1024">
  <g transform="translate(${margin} ${margin}) scale(${scale})">
    <rect width="32" height="32" rx="7.2" fill="#3660c2"/>
    ${mark}
  </g>
</svg>
`;
}

/** Draws an SVG at `size` px a side. */
async function draw(page: Page, svg: string, size: number): Promise<Drawing> {
  const { png, rgba } = await page.evaluate(
    async ({ source, side }) => {
      const image = new Image(side, side);
      image.src = `data:image/svg+xml;base64,${btoa(source)}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      canvas.width = side;
      canvas.height = side;
      const context = canvas.getContext('2d');
      if (!context) throw new Error('This Chromium has no canvas.');
      context.drawImage(image, 0, 0, side, side);
      return {
        png: canvas.toDataURL('image/png').slice('data:image/png;base64,'.length),
        rgba: side < 256 ? [...context.getImageData(0, 0, side, side).data] : [],
      };
    },
    { source: svg, side: size },
  );
  return { size, png: Buffer.from(png, 'base64'), rgba: Uint8Array.from(rgba) };
}

async function drawTray(page: Page, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const png = async (svg: string, size: number) => (await draw(page, svg, size)).png;
  for (const state of stateNames) {
    for (const [background, { ink, accents }] of Object.entries(PALETTES)) {
      const svg = trayPicture(state, ink, accents[state]);
      // Linux panels take the first picture and scale it down, so it is larger than they need.
      await writeFile(join(folder, `${state}-${background}.png`), await png(svg, 32));
      await writeFile(join(folder, `${state}-${background}@2x.png`), await png(svg, 64));
      const sizes = await Promise.all(TRAY_ICO_SIZES.map((size) => draw(page, svg, size)));
      await writeFile(join(folder, `${state}-${background}.ico`), packIco(sizes));
    }
    // macOS tints what is named so, and takes it only at 16 points.
    const template = trayPicture(state, '#000');
    await writeFile(join(folder, `${state}Template.png`), await png(template, 16));
    await writeFile(join(folder, `${state}Template@2x.png`), await png(template, 32));
  }
}

async function drawApp(page: Page, folder: string): Promise<void> {
  const sizes = (margin: number, all: number[]) =>
    Promise.all(all.map((size) => draw(page, appPicture(margin, size <= SMALL_UP_TO ? SMALL_MARK : MARK), size)));
  await writeFile(join(folder, 'icon.svg'), appPicture(0));
  await writeFile(join(folder, 'icon.png'), (await draw(page, appPicture(0), 1024)).png);
  await writeFile(join(folder, 'icon.ico'), packIco(await sizes(0, [16, 24, 32, 48, 256])));
  await writeFile(join(folder, 'icon.icns'), packIcns(await sizes(100, [16, 32, 64, 128, 256, 512, 1024])));
  await mkdir(join(folder, 'icons'), { recursive: true });
  for (const { size, png } of await sizes(0, [16, 24, 32, 48, 64, 128, 256, 512])) {
    await writeFile(join(folder, 'icons', `${size}x${size}.png`), png);
  }
}

const browser = await chromium.launch(chromiumOptions());
try {
  const page = await browser.newPage();
  await drawTray(page, join(RESOURCES, 'tray'));
  await drawApp(page, RESOURCES);
} finally {
  await browser.close();
}
