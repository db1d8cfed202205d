import { isFiller } from './family-token.ts';

/**
 * True for what stands in the place of a secret and is none: nothing, `true`, `null`, a number of
 * a few digits, a reference (`$PASS`, `${x}`, `{{ .Values.x }}`, `<token>`, `%(x)s`, `$(cat f)`,
 * `var.x`, `env("X")`), filler (`xxxx`, `****`, `...`) and our own placeholders.
 */
export function isStandIn(value: string): boolean {
  if (value === '' || isFiller(value, 0, value.length)) return true;
  if (
    /^(?:true|false|yes|no|on|off|null|nil|none|undefined|n\/a|empty|enabled|disabled|required|optional|redacted|masked|hidden|removed|string|bool|boolean|int|number|object|bytes|unknown|unset|default|changeme|change_me|change-me|placeholder|todo)$/i.test(
      value,
    )
  )
    return true;
  if (
    /^\\?(?:\$[\w{(:%]|\{\{|\{%|\$\$|<[a-z/!?]|%[\w(<{]\w*[)%>}]|#\{|@\{|\[(?:[A-Za-z :_.-]+)\]?|\(\(|\.\.\.|&\w+$|\*\w+$|!Ref|!Sub|!GetAtt|ENC\[)/i.test(
      value,
    )
  )
    return true;
  return (
    /^(?:var|local|data|module|each|self|process|os|env|secrets?|values|config|settings|vault|ref|op|file|arn|ssm|params?|context|options?|args|this|inputs|github|vars|steps|needs|req|request|res|response|cfg|conf)(?:[.:[(]|:\/\/)[\w.:/[\]"'-]*/i.test(
      value,
    ) && !/[0-9][A-Za-z][0-9]/.test(value)
  );
}
