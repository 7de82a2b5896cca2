/* global document, getComputedStyle, NodeFilter */
// Evaluated in a page: the visible texts with less contrast than WCAG 2.2 asks for at level AA.
(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const known = new Map();
  const white = [255, 255, 255, 1];

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = new Set();
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim();
    const element = texts.currentNode.parentElement;
    if (text === '' || !isShown(element)) continue;
    const ratio = contrast(element);
    if (ratio < (isLarge(element) ? 3 : 4.5)) faint.add(`${ratio.toFixed(2)}: ${text.slice(0, 60)}`);
  }
  return [...faint];

  function isShown(element) {
    const isText = !element.closest('script, style, noscript');
    return isText && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  }

  function isLarge(element) {
    const { fontSize, fontWeight } = getComputedStyle(element);
    const pixels = Number.parseFloat(fontSize);
    return pixels >= 24 || (pixels >= 18.66 && Number(fontWeight) >= 700);
  }

  function contrast(element) {
    const background = backgroundOf(element);
    const [red, green, blue, alpha] = rgba(getComputedStyle(element).color);
    const color = over([red, green, blue, alpha * opacityOf(element)], background);
    const [dark, light] = [luminance(color), luminance(background)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  }

  function backgroundOf(element) {
    if (!element) return white;
    const color = rgba(getComputedStyle(element).backgroundColor);
    return color[3] === 1 ? color : over(color, backgroundOf(element.parentElement));
  }

  function opacityOf(element) {
    return element ? Number(getComputedStyle(element).opacity) * opacityOf(element.parentElement) : 1;
  }

  function over([red, green, blue, alpha], below) {
    const mixed = [red, green, blue].map((value, index) => value * alpha + below[index] * (1 - alpha));
    return [...mixed, 1];
  }

  /** The browser itself reads the colour, in whatever notation it is. */
  function rgba(color) {
    if (!known.has(color)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(color, [red, green, blue, alpha / 255]);
    }
    return known.get(color);
  }

  function luminance([red, green, blue]) {
    const [r, g, b] = [red, green, blue].map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
})();
