const ID = /^[\w-]{11}$/;
const HOSTS = /^((www|m|music)\.)?(youtube\.com|youtube-nocookie\.com|youtu\.be)$/;

/** One spelling for all links to the same video; any other link as it is. */
export function canonicalLink(link: string): string {
  const id = youtubeId(link);
  return id === null ? link : `https://www.youtube.com/watch?v=${id}`;
}

/** The id of the video that a link of YouTube is about; null for any other link. */
export function youtubeId(link: string): string | null {
  if (!URL.canParse(link)) return null;
  const { hostname, pathname, searchParams } = new URL(link);
  if (!HOSTS.test(hostname)) return null;
  const [first = '', second = ''] = pathname.slice(1).split('/');
  const id = hostname.endsWith('youtu.be')
    ? first
    : /^(shorts|embed|live|v)$/.test(first)
      ? second
      : searchParams.get('v');
  return id && ID.test(id) ? id : null;
}
