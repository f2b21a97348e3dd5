/* Which page this is: the cloud's, or the one that a kiosk serves on the clinic's network. */
export const atKiosk = document.querySelector('meta[name="machiai-page"]')?.content === 'kiosk';
