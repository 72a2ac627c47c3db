import { look, setLook } from '../look/look.ts';
import { clockStyle, second } from '../parts/clock.ts';
import { fullTime } from '../parts/format.ts';

/** How this device shows things. */
export function LookSettings() {
  const now = look.value;
  const zones = Intl.supportedValuesOf('timeZone');
  return (
    <section class="block">
      <h2 class="block-title">Look</h2>
      <div class="panel look-grid">
        <Choice
          label="Theme"
          value={now.theme}
          options={[
            ['auto', 'As the device'],
            ['light', 'Light'],
            ['dark', 'Dark'],
          ]}
          choose={(theme) => setLook({ theme })}
        />
        <Choice
          label="Density"
          value={now.density}
          options={[
            ['roomy', 'Roomy'],
            ['close', 'Close'],
          ]}
          choose={(density) => setLook({ density })}
        />
        <Choice
          label="Clock"
          value={now.clock}
          options={[
            ['auto', 'As the device'],
            ['24', '24 hours'],
            ['12', '12 hours'],
          ]}
          choose={(clock) => setLook({ clock })}
        />
        <label>
          Time zone
          <select value={now.zone} onChange={(event) => setLook({ zone: event.currentTarget.value })}>
            <option value="auto">As the device</option>
            {zones.map((zone) => (
              <option key={zone} value={zone}>
                {zone}
              </option>
            ))}
          </select>
        </label>
        <p class="muted small look-note">
          Now: {fullTime(second.value.toISOString(), clockStyle.value)}. Kept on this device only.
        </p>
      </div>
    </section>
  );
}

function Choice<T extends string>(props: {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  choose: (value: T) => void;
}) {
  return (
    <fieldset class="choice">
      <legend>{props.label}</legend>
      <div class="segments">
        {props.options.map(([value, words]) => (
          <label key={value} class="segment">
            <input
              type="radio"
              name={props.label}
              checked={props.value === value}
              onChange={() => props.choose(value)}
            />
            <span>{words}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
