/** The code a person types before something is lost for good. Never filled in for them. */
export function CodeField(props: { code: string | null; value: string; change: (value: string) => void }) {
  return (
    <div class="code-field">
      <label for="confirm-code">
        {props.code === null ? (
          'Type the code of this plan to approve it'
        ) : (
          <>
            Type <code class="confirm-code">{props.code}</code> to approve
          </>
        )}
      </label>
      <input
        id="confirm-code"
        class="mono"
        value={props.value}
        maxLength={6}
        size={8}
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
        onInput={(event) => props.change(event.currentTarget.value.trim().toUpperCase())}
      />
    </div>
  );
}
