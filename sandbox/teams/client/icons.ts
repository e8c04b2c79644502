const SVG = 'http://www.w3.org/2000/svg';

/** Outlines on a 20 × 20 grid, in the manner of Fluent's. */
const PATHS = {
  chat: 'M10 3a7 7 0 0 0-6.1 10.4L3 17l3.6-.9A7 7 0 1 0 10 3Z M7 9h6 M7 12h4',
  teams:
    'M7 9a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z M14 9.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z M2.5 16v-1.5A2.5 2.5 0 0 1 5 12h4a2.5 2.5 0 0 1 2.5 2.5V16 M14 12h1.2a2.3 2.3 0 0 1 2.3 2.3V16',
  panel: 'M3.5 4.5h13v11h-13z M12 4.5v11',
  sun: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7Z M10 2v1.5 M10 16.500V18 M2 10h1.500 M16.500 10H18 M4.300 4.300l1.100 1.100 M14.600 14.600l1.100 1.100 M4.300 15.700l1.100-1.100 M14.600 5.400l1.100-1.100',
  moon: 'M16.500 12.300A7 7 0 0 1 7.700 3.500a7 7 0 1 0 8.800 8.800Z',
  send: 'M3 3.500 17.500 10 3 16.500 5 10 3 3.500Z M5 10h7',
  close: 'M5 5l10 10 M15 5 5 15',
  chevron: 'M5.500 8 10 12.500 14.500 8',
  check: 'M4.500 10.500 8.500 14.500 15.500 6.500',
  clock: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14Z M10 6v4.300l2.800 1.700',
  reply: 'M8 5 3.500 9.500 8 14 M4 9.500h7.500a5 5 0 0 1 5 5V16',
  warning: 'M10 3.500 17.500 16.500h-15L10 3.500Z M10 8v4 M10 14.200v.3',
  info: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14Z M10 9v4.500 M10 6.500v.2',
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName, size = 20): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  for (const [key, value] of Object.entries({ viewBox: '0 0 20 20', width: String(size), height: String(size), 'aria-hidden': 'true' })) {
    svg.setAttribute(key, value);
  }
  for (const [key, value] of Object.entries({ d: PATHS[name], fill: 'none', stroke: 'currentColor', 'stroke-width': '1.4' })) {
    path.setAttribute(key, value);
  }
  path.setAttribute('stroke-linecap', 'round');
  path.setAttribute('stroke-linejoin', 'round');
  svg.append(path);
  return svg;
}
