#!/usr/bin/env node
// Committed, because npm links programs when it installs, and nothing is built by then.
import { createRequire } from 'node:module';

// Looked up at run time: this file prepares the workspace that all other imports live in.
const tool = (name) => import(new URL(`../../../libs/tooling/${name}`, import.meta.url).href);

const { ensureInstalled } = await tool('ensure-installed.mjs');
await ensureInstalled();
const { ensureBuilt } = await tool('ensure-built.mjs');
await ensureBuilt('cli');
createRequire(import.meta.url)('../dist/main.js');
