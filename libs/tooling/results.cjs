const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const GROUPS = ['apps', 'libs'];

/** Every project that says it has tests, as `libs/kernel`. */
function testedProjects(root) {
  return GROUPS.flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}`),
  ).filter((project) => {
    const manifest = join(root, project, 'package.json');
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).nx?.targets?.test;
  });
}

/** Adds up what the projects left behind. A project without a result crashed before it could count: that is a failure. */
function sumResults(folder, projects) {
  const total = { passed: 0, failed: 0, skipped: [], crashed: [] };
  for (const project of projects) {
    const file = join(folder, `${project}.json`);
    if (!existsSync(file)) {
      total.failed += 1;
      total.crashed.push(project);
      continue;
    }
    const { passed, failed, skipped } = JSON.parse(readFileSync(file, 'utf8'));
    total.passed += passed;
    total.failed += failed;
    total.skipped.push(...skipped.map((test) => `${project} ${test}`));
  }
  return total;
}

/** Every spec of a project whose name ends in `.crash.spec.ts`. */
function crashSpecs(root, project) {
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === 'dist') continue;
      if (entry.isDirectory()) walk(`${folder}/${entry.name}`);
      else if (entry.name.endsWith('.crash.spec.ts')) found.push(`${folder}/${entry.name}`);
    }
  };
  walk(project);
  return found;
}

function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

module.exports = { closingLine, crashSpecs, sumResults, testedProjects };
