/* Small choices that a browser remembers: own desk, room, letters. Lost in private mode, harmless. */
export function kept(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`machiai.${name}`)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function keep(name, value) {
  try { localStorage.setItem(`machiai.${name}`, JSON.stringify(value)); } catch { /* for this visit only */ }
}
