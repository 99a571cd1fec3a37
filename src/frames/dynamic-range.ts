/** How a picture's colours are stored, as libavfilter's options take it (names or numbers); `unknown` where the file does not say. */
export interface Colour {
  readonly transfer: string;
  readonly primaries: string;
  readonly matrix: string;
  readonly range: string;
}

/** Transfer functions of high dynamic range: PQ (SMPTE ST 2084: HDR10, Dolby Vision 8.1) and HLG (ARIB STD-B67: Dolby Vision 8.4). */
const HDR = new Set(['smpte2084', 'arib-std-b67']);

/** Luminance of diffuse white in cd/m2, which becomes the white of SDR (ITU-R BT.2408-7, table 1). */
const REFERENCE_WHITE = 203;
/** Highlights up to this luminance, cd/m2, are compressed; what is brighter is white. Most films are mastered for it. */
const PEAK = 1000;
/** Share of SDR's range that is left as it is; highlights share the rest. */
const UNCOMPRESSED = 0.3;

const known = (stored: string, usual: string): string => (stored === 'unknown' ? usual : stored);

/**
 * The libavfilter chain, with a comma at its end, that turns high dynamic range and wide gamut into what networks have
 * learnt from: SDR in BT.709. Empty for pictures that are SDR already.
 */
export function sdrFilter({ transfer, primaries, matrix, range }: Colour): string {
  if (!HDR.has(transfer)) return '';
  const stored = `color_primaries=${known(primaries, 'bt2020')}:color_trc=${transfer}:colorspace=${known(matrix, 'bt2020nc')}:range=${known(range, 'tv')}`;
  return [
    // Chroma at every pixel: zscale takes subsampled pictures of even sizes only.
    `format=yuv444p12le,setparams=${stored}`,
    `zscale=t=linear:npl=${REFERENCE_WHITE},format=gbrpf32le,zscale=p=bt709`,
    `tonemap=tonemap=mobius:param=${UNCOMPRESSED}:peak=${PEAK / REFERENCE_WHITE}:desat=0`,
    'zscale=t=bt709:m=bt709:r=pc,',
  ].join(',');
}
