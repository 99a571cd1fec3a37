/** Files that were dropped, by the folder that holds them. */
export async function foldersOf(transfer: DataTransfer): Promise<Map<string, File[]>> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const folders = new Map<string, File[]>();
  const walk = async (entry: FileSystemEntry, folder: string): Promise<void> => {
    if (isFile(entry)) {
      const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
      folders.set(folder, [...(folders.get(folder) ?? []), file]);
    } else if (isFolder(entry)) for (const one of await contentOf(entry)) await walk(one, entry.name);
  };
  for (const entry of entries) await walk(entry, '');
  return folders;
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

async function contentOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  // a reader gives a hundred at a time
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    found.push(...some);
  }
}
