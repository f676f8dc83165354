import { tributary } from './libs/tooling/eslint.mjs';

export default tributary(import.meta.dirname);
