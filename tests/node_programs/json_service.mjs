// Checks documents as VS Code does: a JSON line in ({schema, text, offset?}), a JSON line out ({problems, completions}).
import { createInterface } from 'node:readline';
import service_package from 'vscode-json-languageservice';

const { getLanguageService, TextDocument } = service_package;

const URI = 'file:///schema.json';

for await (const line of createInterface({ input: process.stdin })) {
  const { schema, text, offset } = JSON.parse(line);
  // A document's own $schema is the same schema.
  const service = getLanguageService({ schemaRequestService: () => Promise.resolve(JSON.stringify(schema)) });
  service.configure({ validate: true, schemas: [{ uri: URI, fileMatch: ['*'], schema }] });
  const document = TextDocument.create('file:///config.json', 'json', 1, text);
  const parsed = service.parseJSONDocument(document);
  const problems = await service.doValidation(document, parsed, { schemaValidation: 'error' });
  const completions = offset === undefined
    ? { items: [] }
    : await service.doComplete(document, document.positionAt(offset), parsed);
  process.stdout.write(`${JSON.stringify({
    problems: problems.map((one) => ({ line: one.range.start.line, text: document.getText(one.range), message: one.message })),
    completions: completions.items.map((one) => ({ label: one.label, text: one.insertText ?? one.textEdit?.newText })),
  })}\n`);
}
