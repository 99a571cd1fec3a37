import type { GalleryState } from './documents.js';

/** The gallery's faces and those that are found here were read by two networks: nothing of the two can be compared. */
export interface AnotherNetwork {
  /** The network whose embeddings the gallery has. */
  readonly theirs: string;
  /** The one that reads faces here. */
  readonly ours: string;
  /** Whether somebody with a name was learnt by theirs; else films alone were read by it. */
  readonly named: boolean;
}

export const WAY_OUT =
  'put the other network back (KINOSCOPE_FACES), or run "kinoscope people forget-faces --yes" and enroll the photos again';

/** Why nobody is looked up or learnt. */
export const refusal = ({ theirs, ours, named }: AnotherNetwork): string =>
  `${named ? 'People were learnt' : 'Nobody is enrolled, but films were read'} by the network ${theirs}, faces are read by ${ours}: ` +
  `they cannot be compared. Either ${WAY_OUT}`;

/**
 * Why a title's faces can be put to nobody, and what to do; null where nothing stands against it.
 * @param readBy versions of what made its cast, as its `detectorVersion` has them
 */
export async function whyNobody(
  gallery: { state(): Promise<GalleryState>; learntByAnother(state: GalleryState): Promise<AnotherNetwork | null> },
  readBy: string,
): Promise<string | null> {
  const state = await gallery.state();
  const versions = readBy.split(' ');
  if (state.network === undefined || state.network.split(' ').every((one) => versions.includes(one))) return null;
  const another = await gallery.learntByAnother(state);
  return another
    ? refusal(another)
    : `The faces of this title were read by another network than the people's (${state.network}): analyse it again (kinoscope cast --force)`;
}
