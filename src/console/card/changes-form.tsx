import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** What should be different, in the person's own words. */
export function ChangesForm(props: { busy: boolean; send: (comment: string) => void; close: () => void }) {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const ready = text.trim() !== '' && !props.busy;
  return (
    <form
      class="changes-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) props.send(text.trim());
      }}
    >
      <label for="changes">What should be different?</label>
      <textarea
        id="changes"
        ref={field}
        rows={3}
        maxLength={2000}
        placeholder="for example: use port 8097"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') props.close();
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey) && ready) props.send(text.trim());
        }}
      />
      <div class="form-row">
        <button type="submit" class="button" aria-disabled={ready ? undefined : 'true'}>
          Send the changes
        </button>
        <button type="button" class="button button-quiet" onClick={props.close}>
          Keep the plan as it is
        </button>
      </div>
    </form>
  );
}
