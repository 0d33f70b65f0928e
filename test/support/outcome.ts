import { AppError } from '../../src/main/core/errors.ts';

/** How an operation ended, as plain data that a child process can print. */
export type Outcome = 'fine' | { code: string; message: string; remedy: string };

export async function outcomeOf(operation: () => unknown): Promise<Outcome> {
  try {
    await operation();
    return 'fine';
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message, remedy: error.remedy };
    return { code: 'not an AppError', message: String(error), remedy: '' };
  }
}
