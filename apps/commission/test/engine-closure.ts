import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

/**
 * What an engine computes with: its own files and the files of the kernel that it imports, by name, transitively. Types vanish
 * when compiled, so an import of types is not followed. From the root:
 *
 *   node -r ./libs/testing/register-typescript.cjs apps/commission/test/engine-closure.ts v1            has the hash moved?
 *   node -r ./libs/testing/register-typescript.cjs apps/commission/test/engine-closure.ts v1 --write    names the new one
 */
const ROOT = resolve(__dirname, '../../..');
const KERNEL = join(ROOT, 'libs/kernel/src/index.ts');
const ENTRIES = ['due.ts', 'recompute.ts', 'compile.ts', 'fields.ts'];
const COMMAND =
  'node -r ./libs/testing/register-typescript.cjs apps/commission/test/engine-closure.ts';

export interface Closure {
  readonly hash: string;
  readonly files: Readonly<Record<string, string>>;
}

interface Import {
  readonly specifier: string;
  /** Null: everything. */
  readonly names: readonly string[] | null;
}

const sha256 = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex');

const fileOf = (from: string, specifier: string): string =>
  `${resolve(dirname(from), specifier)}.ts`;

function parse(file: string): ts.SourceFile {
  const text = readFileSync(file, 'utf8');
  // What is loaded while running could not be seen here.
  if (/\b(?:import|require)\s*\(/.test(text)) throw new Error(`${file} loads code by a call.`);
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

/** What a file imports or passes on when it runs. */
function importsOf(file: string): readonly Import[] {
  return parse(file).statements.flatMap((statement): Import[] => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier } = statement;
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
    const names = ts.isImportDeclaration(statement)
      ? importedNames(statement.importClause)
      : exportedNames(statement);
    return names?.length === 0 ? [] : [{ specifier: moduleSpecifier.text, names }];
  });
}

function importedNames(clause: ts.ImportClause | undefined): readonly string[] | null {
  if (clause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const bindings = clause?.namedBindings;
  if (clause?.name || bindings === undefined || !ts.isNamedImports(bindings)) return null;
  return namesOf(bindings.elements);
}

function exportedNames({
  isTypeOnly,
  exportClause,
}: ts.ExportDeclaration): readonly string[] | null {
  if (isTypeOnly) return [];
  return exportClause !== undefined && ts.isNamedExports(exportClause)
    ? namesOf(exportClause.elements)
    : null;
}

const namesOf = (
  elements: readonly (ts.ImportSpecifier | ts.ExportSpecifier)[],
): readonly string[] =>
  elements
    .filter(({ isTypeOnly }) => !isTypeOnly)
    .map(({ name, propertyName }) => (propertyName ?? name).text);

function declares(file: string, wanted: string): boolean {
  return parse(file).statements.some((statement) => {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.some(
        ({ name }) => ts.isIdentifier(name) && name.text === wanted,
      );
    return (
      (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) &&
      statement.name?.text === wanted
    );
  });
}

/** The file behind the kernel's door that declares a name. */
function kernelFileOf(name: string): string {
  const behind = importsOf(KERNEL).map(({ specifier }) => fileOf(KERNEL, specifier));
  const [found, ...more] = behind.filter((file) => declares(file, name));
  if (found === undefined || more.length > 0)
    throw new Error(`Not one file of the kernel declares ${name}.`);
  return found;
}

function targetsOf(file: string, { specifier, names }: Import): readonly string[] {
  if (specifier.startsWith('.')) return [fileOf(file, specifier)];
  // The platform itself is not ours to pin.
  if (specifier.startsWith('node:')) return [];
  if (specifier !== '@tributary/kernel')
    throw new Error(`${file} imports ${specifier}: an engine imports the kernel only.`);
  if (names === null) throw new Error(`${file} imports all of the kernel; name what it needs.`);
  return names.map(kernelFileOf);
}

const folderOf = (engine: string): string => join(ROOT, 'apps/commission/engines', engine);

export function closureOf(engine: string): Closure {
  const seen = new Set(ENTRIES.map((name) => join(folderOf(engine), name)));
  // A set goes on with what is added to it on the way.
  for (const file of seen)
    for (const target of importsOf(file).flatMap((each) => targetsOf(file, each))) seen.add(target);
  const files = [...seen]
    .map((file) => [relative(ROOT, file).split(sep).join('/'), sha256(readFileSync(file))] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = sha256(files.map(([file, each]) => `${each}  ${file}\n`).join(''));
  return { hash, files: Object.fromEntries(files) };
}

const constantText = (engine: string, hash: string): string => `/**
 * Named by every posting: what computed it, by the content of everything that it computes with. Written, together with
 * closure.json, by apps/commission/test/engine-closure.ts.
 */
export const ENGINE = {
  name: '${engine}',
  hash: '${hash}',
} as const;
`;

const textAt = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** Empty: nothing. Else the files that moved, and what to do about it. */
export function whatMoved(engine: string): string {
  const { hash, files } = closureOf(engine);
  const folder = folderOf(engine);
  const text = textAt(join(folder, 'closure.json'));
  const committed = text === '' ? undefined : (JSON.parse(text) as Closure);
  const isNamed = textAt(join(folder, 'engine.ts')) === constantText(engine, hash);
  if (committed?.hash === hash && isNamed) return '';
  const before = committed?.files ?? {};
  const moved = [...new Set([...Object.keys(files), ...Object.keys(before)])]
    .filter((name) => files[name] !== before[name])
    .sort();
  return `The engine ${engine} is not what it was committed as: ${moved.join(', ') || 'engine.ts'}.
Before the first tagged release: run its tests, then name the new hash with
  ${COMMAND} ${engine} --write
After it a released engine never changes: undo this, or copy the engine to a new folder and name that in new plan versions.`;
}

function write(engine: string): string {
  const closure = closureOf(engine);
  writeFileSync(join(folderOf(engine), 'closure.json'), `${JSON.stringify(closure, null, 2)}\n`);
  writeFileSync(join(folderOf(engine), 'engine.ts'), constantText(engine, closure.hash));
  return closure.hash;
}

if (require.main === module) {
  const [engine = 'v1', option] = process.argv.slice(2);
  const moved = option === '--write' ? '' : whatMoved(engine);
  const hash = option === '--write' ? write(engine) : closureOf(engine).hash;
  process.stdout.write(moved === '' ? `${engine} ${hash}\n` : `${moved}\n`);
  process.exitCode = moved === '' ? 0 : 1;
}
