import { Module } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { Guide } from './guide.js';

/** Injection token of the broadcast guide; null where none is set. */
export const GUIDE = Symbol('GUIDE');

@Module({
  providers: [
    {
      provide: GUIDE,
      inject: [SETTINGS],
      useFactory: ({ guide }: Settings) => (guide === null ? null : new Guide(guide)),
    },
  ],
  exports: [GUIDE],
})
export class GuideModule {}
