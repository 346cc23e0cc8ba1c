export function checkLaw() {
  return 0;
}
