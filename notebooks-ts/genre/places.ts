/** Where training data lies, and where extracted features are kept between runs (outside the project's files). */
export const DATA = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
export const STORE_FILE = process.env['GENRE_FEATURES'] ?? 'models/.training/genre-features.sqlite';
