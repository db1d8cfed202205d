/** `91 %`, `99.9 %`: for people. What is not quite full is never shown as 100 %, nor what is not empty as 0 %. */
export function formatPercent(percent: number): string {
  if (percent > 99 && percent < 100) return `${Math.floor(percent * 10) / 10} %`;
  if (percent > 0 && percent < 1) return percent < 0.1 ? 'under 0.1 %' : `${Math.round(percent * 10) / 10} %`;
  return `${Math.round(percent)} %`;
}
