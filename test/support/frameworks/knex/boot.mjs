/** What the app does with the database when it starts. */
export function boot({ migrate }) {
  return migrate();
}
