/**
 * `npm install` leaves out, in silence, platform packages that a registry does not hold; `npm ci` then fails on another machine.
 * So every package that is named as optional must itself be locked, and no address of a registry may be written down.
 */
function lockfileFaults(lock) {
  const faults = [];
  for (const [place, entry] of Object.entries(lock.packages)) {
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      if (!isLocked(lock.packages, place, name)) {
        faults.push(`${place || 'the root'} names ${name}, which is not locked`);
      }
    }
    if (/^https?:/.test(entry.resolved ?? '')) faults.push(`${place} is tied to an address`);
    if (place.includes('node_modules/') && !entry.link && !entry.integrity && !entry.inBundle) {
      faults.push(`${place} has no integrity hash`);
    }
  }
  return faults;
}

/** Looks where Node would: beside the package that asks, then in each folder above it. */
function isLocked(packages, place, name) {
  for (
    let folder = place;
    ;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))
  ) {
    const candidate = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[candidate]) return true;
    if (folder === '') return false;
  }
}

module.exports = { lockfileFaults };
