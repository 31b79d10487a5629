// Things to try: what to click, and what to look at then.

export const TRIES = [
  {
    title: 'Five calls: DDIM or UniPC?',
    look: 'The same noise, the same network, the same work. Which one gets further?',
    address: '#sampler=ddim&calls=5&compare=1&b.sampler=unipc&b.calls=5',
  },
  {
    title: 'Nine calls: DDIM or Heun?',
    look: 'Heun spends two calls a step, so it takes half as many steps. Does each step pay?',
    address: '#sampler=ddim&calls=9&compare=1&b.sampler=heun&b.calls=9',
  },
  {
    title: 'Ten calls or fifty?',
    look: 'DDIM throws no dice: with fewer calls most garments stay the same, but blurred.',
    address: '#sampler=ddim&compare=1&b.sampler=ddim&b.calls=50',
  },
  {
    title: 'With dice or without?',
    look: 'DDPM adds fresh noise in each step, so the same start leads elsewhere.',
    address: '#sampler=ddpm&calls=50&compare=1&b.sampler=ddim&b.calls=50',
  },
  {
    title: 'Start too late',
    look: 'At t = 0.6 a picture still shines through: plain noise is the wrong start (A), noise '
      + 'around the mean garment a right one (B).',
    address: '#first=0.6&compare=1&b.sampler=unipc&b.first=0.6&b.start=gaussian',
  },
  {
    title: 'From one garment to another',
    look: 'Sixteen noises on the way from one to another: what lies between two garments?',
    address: '#mode=between&to=7&sampler=unipc&calls=12',
  },
];
