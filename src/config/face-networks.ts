/**
 * Sets of networks that read faces (src/faces/recognizers.ts): `clear` has networks of known origin whose licences let a business
 * ship them, `best` names a little more people right.
 */
export const FACE_NETWORKS = ['clear', 'best'] as const;
export type FaceNetworks = (typeof FACE_NETWORKS)[number];
export const DEFAULT_FACE_NETWORKS: FaceNetworks = 'best';
