import { Sheet } from '../parts/sheet.tsx';
import { keyList, keysSheetOpen } from './keys.ts';

/** The keys, over any page. */
export function KeysSheet() {
  if (!keysSheetOpen.value) return null;
  return (
    <Sheet title="Keys" close={() => (keysSheetOpen.value = false)}>
      <dl class="keys">
        {keyList.map(([key, words]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}
