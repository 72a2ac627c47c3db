import { z } from 'zod';

/** A file on this machine. Relative paths count from the folder Chiffon is started in; `~` is the home directory. */
export const filePath = z.string().min(1).meta({ title: 'the path of a file' });
