/** Text for an XML document: what XML cannot hold (control characters) is left out. */
export const xmlText = (text: string): string =>
  text
    .replace(/[^\P{C}\n\t]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
