/** A moment as Python's `str(datetime)` writes it, in UTC: `2024-01-15 12:00:00.000000`. */
export function pythonTime(moment: Date): string {
  return moment.toISOString().replace('T', ' ').replace('Z', '000');
}
