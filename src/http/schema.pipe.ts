import { Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import type { z } from 'zod';
import { checked } from '../core/checked.js';

/** Checks what routes take by the schemas that their parameters name. */
@Injectable()
export class SchemaPipe extends StandardSchemaValidationPipe {
  protected override validate<T>(value: unknown, schema: object): { value: T } {
    return { value: checked(schema as z.ZodType<T>, value) };
  }
}
