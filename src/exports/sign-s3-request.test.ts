import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signatureFault } from '../../test/simulators/s3/check-signature.ts'
import { objectPath, signS3Request } from './sign-s3-request.ts'

/* The examples of AWS: "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk". */
const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
}
const at = new Date('2013-05-24T00:00:00Z')
const nothing = new Uint8Array()
const url = (rest: string) => new URL(`https://examplebucket.s3.amazonaws.com/${rest}`)

const examples = [
  {
    what: 'GET Object',
    request: { method: 'GET', url: url('test.txt'), headers: { range: 'bytes=0-9' }, body: nothing },
    signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
  {
    what: 'PUT Object',
    request: {
      method: 'PUT',
      url: url(objectPath('test$file.text')),
      headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      body: Buffer.from('Welcome to Amazon S3.'),
    },
    signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  },
  {
    what: 'GET Bucket Lifecycle',
    request: { method: 'GET', url: url('?lifecycle'), headers: {}, body: nothing },
    signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  },
  {
    what: 'GET Bucket (List Objects)',
    request: { method: 'GET', url: url('?max-keys=2&prefix=J'), headers: {}, body: nothing },
    signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  },
] as const

for (const { what, request, signature } of examples) {
  test(`${what} is signed as in AWS’s own example, and the simulated store takes it`, () => {
    const headers = signS3Request(request, keys, at)
    assert.equal(/Signature=([0-9a-f]+)$/.exec(headers.authorization!)?.[1], signature)
    const { method, body } = request
    const sent = { method, address: request.url.pathname + request.url.search, headers, body }
    assert.equal(signatureFault(sent, keys, at), null)
    const wrong = { ...keys, secretAccessKey: 'another' }
    assert.equal(signatureFault(sent, wrong, at), 'SignatureDoesNotMatch')
    assert.equal(signatureFault({ ...sent, body: Buffer.from('x') }, keys, at), 'XAmzContentSHA256Mismatch')
    assert.equal(signatureFault({ ...sent, address: '/other' }, keys, at), 'SignatureDoesNotMatch')
    assert.equal(signatureFault(sent, keys, new Date(at.getTime() + 3_600_000)), 'RequestTimeTooSkewed')
  })
}

test('names of objects are written as they are signed', () => {
  assert.equal(objectPath("a b/ü(1)'*!.csv"), 'a%20b/%C3%BC%281%29%27%2A%21.csv')
})
