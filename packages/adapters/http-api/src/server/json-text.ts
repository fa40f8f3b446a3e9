/** JSON that is text already, and how long it may be kept. */
export class JsonText {
  readonly text: string;
  readonly cacheControl: string;

  constructor(text: string, cacheControl: string) {
    this.text = text;
    this.cacheControl = cacheControl;
  }
}
