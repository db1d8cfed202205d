import { InvalidArgumentError } from 'commander';

/** The value of an option that counts; commander says what is wrong with another. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('write a whole number from 1.');
  return Number(text);
}
