import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** The words of an error may be others: which error comes is told by its code, which tests check, and by that it comes at all. */
const messages = {
  shouldIgnore(path) {
    const isMessage = path.key === 1 && path.parentPath?.isNewExpression();
    return isMessage && path.parentPath.get('callee').isIdentifier({ name: 'KinoscopeError' })
      ? 'words of an error'
      : undefined;
  },
};

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'messages', messages)];
