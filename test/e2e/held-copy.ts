import { ProxyFiles } from '../../src/titles/proxy-files.js';
import type { TestService } from './service.js';

/** Copies that are written until `release` is called come no further than their first part; then they go on. */
export function holdCopies(service: TestService): { readonly held: Promise<void>; readonly release: () => void } {
  const files = service.part(ProxyFiles);
  const { write } = files;
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = () => {
      files.write = write;
      resolve();
    };
  });
  files.write = (hash, version, work) =>
    write.call(files, hash, version, (output, onFragment) =>
      work(output, async (fragment) => {
        await onFragment(fragment);
        await held;
      }),
    );
  return { held, release };
}
