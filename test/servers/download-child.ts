import { createDownloader } from '../../src/download/downloader.js';

/** Downloads one link in a process of its own, which a test kills: LINK FOLDER [YT-DLP]. */
const [link, dir, ytDlp = null] = process.argv.slice(2);
const downloader = createDownloader({ roots: [], allowHosts: ['127.0.0.1'], ytDlp, ytDlpHosts: ['127.0.0.1'] });
await downloader.fetch(link!, { dir: dir! });
await downloader.close();
