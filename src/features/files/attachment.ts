/** The name of a file in a header: any alphabet, nothing that ends the header, no folder. */

/** `Content-Disposition` (RFC 6266): for old clients in ASCII, for all others in `filename*` (RFC 8187). */
export function attachment(filename: string): string {
  const name = shortened(filename);
  const ascii = name.replace(/[^\x20-\x7e]|["\\/%]/gu, '_');
  return ascii === name
    ? `attachment; filename="${name}"`
    : `attachment; filename="${ascii}"; filename*=UTF-8''${percentEncoded(name)}`;
}

/** Proxies refuse a head of more than some KiB, and one character takes up to twelve. */
const longest = 150;
const longestEnding = 20;

/** With its ending, by which programs know what it is. */
function shortened(filename: string): string {
  const characters = Array.from(filename);
  if (characters.length <= longest) return filename;
  const dot = characters.lastIndexOf('.');
  const ending = dot >= characters.length - longestEnding ? characters.slice(dot) : [];
  return [...characters.slice(0, longest - ending.length), ...ending].join('');
}

/** `encodeURIComponent` leaves four characters that RFC 8187 does not allow. */
function percentEncoded(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}
