import * as z from 'zod';

/** With how many days left a certificate is reported as low, high and critical. */
export function daysLeftParam() {
  return z
    .tuple([z.number().min(0).max(3_650), z.number().min(0).max(3_650), z.number().min(0).max(3_650)])
    .refine(([low, high, critical]) => low >= high && high >= critical, {
      error: 'write three numbers that get smaller, such as [30, 7, 1]',
    })
    .default([30, 7, 1]);
}
