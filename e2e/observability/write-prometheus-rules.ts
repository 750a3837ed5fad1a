import { writeFileSync } from 'node:fs';
import { prometheusRules } from './prometheus-rules.ts';

for (const [file, contents] of prometheusRules()) writeFileSync(file, contents);
