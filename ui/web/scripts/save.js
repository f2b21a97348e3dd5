/* Files that a page makes itself: receipts and lists. */

export function saveText(file, words, type = 'text/plain') {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(['\ufeff', words], { type: `${type};charset=utf-8` }));
  link.download = file;
  link.click();
  URL.revokeObjectURL(link.href);
}

/* A cell that a spreadsheet would take for a formula is made text. */
const cell = (value) => {
  const words = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(words) && !/^-?\d+(\.\d+)?$/.test(words) ? `'${words}` : words;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};

export const csv = (rows) => `${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
